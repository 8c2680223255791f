"""Makes the stubs that the build generates importable. Import it first."""

import os
import sys

import grpc

# Some packages of the stubs have the names of installed packages.
sys.path.append(os.environ["E2E_STUBS"])
grpc.__path__.append(os.path.join(os.environ["E2E_STUBS"], "grpc"))
