package io.deepincubation.core.checkpoint;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine that this process runs on. */
public final class Host {

  private static final String NAME = find();

  private Host() {}

  /** Its name in the network, or {@code localhost} where it has none. */
  public static String name() {
    return NAME;
  }

  private static String find() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
