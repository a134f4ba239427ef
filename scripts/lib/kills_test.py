"""The process behind a connection is found, whatever else it opens and closes meanwhile."""

import os
import socket
import subprocess
import sys
import unittest

import kills

CONNECTIONS = 200

BUSY = """
import os, socket, sys, threading

def open_and_close():
    while True:
        for file in [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]:
            os.close(file)

threading.Thread(target=open_and_close, daemon=True).start()
for _ in range(int(sys.argv[2])):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        connection.recv(1)
"""


class ProcessBehind(unittest.TestCase):
    def test_it_is_found_while_its_files_come_and_go(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            arguments = [sys.executable, "-c", BUSY, str(server.getsockname()[1]), str(CONNECTIONS)]
            with subprocess.Popen(arguments, env={**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "shop-api"}) as busy:
                found = [self.behind_the_next(server) for _ in range(CONNECTIONS)]
        self.assertEqual(set(found), {(busy.pid, "shop-api")})

    def behind_the_next(self, server: socket.socket) -> tuple[int, str]:
        connection, (_, port) = server.accept()
        with connection:
            return kills.process_behind(port, server.getsockname()[1])

    def test_a_port_that_nobody_connects_from_has_none(self):
        self.assertEqual(kills.process_behind(1, 2), (0, ""))


if __name__ == "__main__":
    unittest.main()
