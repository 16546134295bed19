"""`python -m prodgen_sdk` is `prodgen`."""

from prodgen_sdk.cli import main

main()
