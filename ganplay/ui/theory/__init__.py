"""The theory page: each formula of the subject as something to touch."""
