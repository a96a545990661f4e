from prefect import flow, task


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@task(name="No-op")
def noop() -> None:
    pass


@task(name="Fib")
def compute(n: int) -> int:
    return fib(n)


@flow(name="Bench tasks")
def tasks(count: int, n: int) -> None:
    """Calls a task many times: one that does nothing (n = 0), or one that computes."""
    for _ in range(count):
        noop() if n == 0 else compute(n)
