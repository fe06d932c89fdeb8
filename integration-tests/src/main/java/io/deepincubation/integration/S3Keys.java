package io.deepincubation.integration;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The keys of a store, drawn anew for each, so that a search for them finds no others.
 *
 * @param access names the user
 * @param secret proves it
 */
public record S3Keys(String access, String secret) {

  private static final int BYTES = 16;

  /** Fresh keys. */
  public static S3Keys fresh() {
    return new S3Keys("ACCESS" + hex(), "hidden" + hex());
  }

  private static String hex() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Both, for a search. */
  public List<String> words() {
    return List.of(access, secret);
  }

  @Override
  public String toString() {
    return "S3Keys";
  }
}
