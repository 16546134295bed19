"""The picture made: scene, skin and cloth, warped, lit and laid over each other."""
