"""Files of strangers: what they are, whether they are safe to keep, what our copies carry.

Everything here works on bytes and binary file objects; no web, no database, no storage. What is not acceptable
raises `FileRefused`, and nothing else: whatever the bytes are, no other exception leaves these modules.
"""
