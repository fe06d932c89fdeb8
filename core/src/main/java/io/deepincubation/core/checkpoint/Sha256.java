package io.deepincubation.core.checkpoint;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as lower-case hex digits. */
final class Sha256 {

  private Sha256() {}

  /** A digest to be fed. */
  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256 in this JDK", e);
    }
  }

  /** The 64 hex digits of what was fed. */
  static String finish(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
