"""The images: their Dockerfiles and requirements as text, what builds them, and, on a cluster, what is in them."""
