"""A worker that ends at once, with exit status 7."""

import sys

if __name__ == "__main__":
    sys.exit(7)
