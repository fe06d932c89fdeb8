package io.deepincubation.core.machine;

/** How Java reads names of files, which it takes from the locale as it starts. */
public final class NameEncoding {

  private NameEncoding() {}

  /** The encoding of this Java; empty where it does not tell. */
  public static String here() {
    return System.getProperty("sun.jnu.encoding", "");
  }

  /** Whether every name can be read. */
  public static boolean isUtf8(String encoding) {
    return encoding.equalsIgnoreCase("UTF-8");
  }
}
