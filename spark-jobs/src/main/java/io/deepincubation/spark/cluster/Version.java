package io.deepincubation.spark.cluster;

import java.util.Optional;

/** The library's version. */
public final class Version {

  private Version() {}

  /** The version of the jar, or {@code development} where there is none. */
  public static String ofThisLibrary() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
