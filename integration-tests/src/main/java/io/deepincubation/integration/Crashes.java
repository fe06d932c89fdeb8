package io.deepincubation.integration;

import java.nio.file.Path;
import java.util.List;

/** Searches for what Java says when native code has crashed it. */
public final class Crashes {

  private static final String HEADLINE =
      "A fatal error has been detected by the Java Runtime Environment";

  private Crashes() {}

  /** The files of a folder, at any depth, that tell of one. */
  public static List<Path> told(Path folder) {
    return Secrets.leaks(folder, List.of(HEADLINE));
  }
}
