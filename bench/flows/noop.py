from prefect import flow


@flow(name="Bench no-op")
def noop() -> None:
    """Does nothing: what is left is the cost of a run."""
