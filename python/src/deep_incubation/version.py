"""This package's version, and the jar's that belongs to it."""

__version__ = "0.1.0.dev0"

#: The version of the jar, as Maven writes it.
JAR_VERSION = __version__.replace(".dev0", "-SNAPSHOT")
