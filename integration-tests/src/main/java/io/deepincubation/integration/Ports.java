package io.deepincubation.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of the loopback. */
final class Ports {

  /** Below those that the system gives to outgoing connections, which could take one meanwhile. */
  private static final int FIRST = 12_000;

  private static final int LAST = 30_000;
  private static final int TRIES = 100;

  private Ports() {}

  /** A port that nobody listens on now. */
  static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken: try another
      }
    }
    throw new IllegalStateException(
        "Cannot find a free port: expected one of " + FIRST + " to " + LAST + ", got none");
  }
}
