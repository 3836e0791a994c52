"""The Streamlit side: controls made from RunConfig, the live view, and what ties both to a run."""
