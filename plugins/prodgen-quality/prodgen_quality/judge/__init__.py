"""A small network that says of a picture which product it shows: trained by itself, to judge what generators make."""
