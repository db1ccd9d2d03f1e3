"""The Kubernetes API: what is asked, and what answers become."""
