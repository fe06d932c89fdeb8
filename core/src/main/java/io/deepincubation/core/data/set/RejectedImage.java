package io.deepincubation.core.data.set;

import com.google.gson.Gson;
import io.deepincubation.core.storage.Sha256;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An image that did not become part of a set.
 *
 * @param origin where it lies: a file, or the table
 * @param label its label as it was read, or null
 * @param reason why it was rejected
 * @param sha256 hex digest of the image's bytes, or empty if it has none
 * @param bytes how many
 */
public record RejectedImage(
    String origin, @Nullable String label, String reason, String sha256, int bytes) {

  /** The rejection of an image's bytes. */
  public RejectedImage(
      String origin, @Nullable String label, String reason, byte @Nullable [] image) {
    this(
        origin,
        label,
        reason,
        image == null ? "" : Sha256.of(image),
        image == null ? 0 : image.length);
  }

  /** The rejection for the wire. */
  public byte[] toBytes() {
    return new Gson().toJson(this).getBytes(StandardCharsets.UTF_8);
  }

  /** Reads what {@link #toBytes} gave. */
  public static RejectedImage fromBytes(byte[] bytes) {
    return new Gson().fromJson(new String(bytes, StandardCharsets.UTF_8), RejectedImage.class);
  }

  /** The rejection in words. */
  @Override
  public String toString() {
    return origin + ": " + reason;
  }
}
