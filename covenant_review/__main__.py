"""`python -m covenant_review` is the same as `covenant-review`."""

from covenant_review.cli import main

main()
