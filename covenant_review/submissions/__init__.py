"""Uploaded files, versions of a covenant, and what reading and screening made of them."""
