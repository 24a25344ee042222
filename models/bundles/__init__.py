"""Stored models: plain files, checked before anything is made of them."""
