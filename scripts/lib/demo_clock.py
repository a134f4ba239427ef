"""What `up` prints: each line with the time since the last mark."""

import time


class Clock:
    """Starts at zero; `mark` starts it again, so that later lines count from "apply complete"."""

    def __init__(self):
        self.begun = time.time()

    def mark(self) -> None:
        self.begun = time.time()

    def elapsed(self) -> float:
        return time.time() - self.begun

    def say(self, text: str, sign: str = "·") -> None:
        minutes, seconds = divmod(int(self.elapsed()), 60)
        print(f"  {minutes:02}:{seconds:02}  {sign} {text}", flush=True)


def title(text: str) -> None:
    print(f"\n{text}", flush=True)
