package io.deepincubation.core.run;

import io.deepincubation.core.network.Weights;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights that the tasks of a process have read or written, so that they are read once: of each
 * place the last ones, known by their digest, as long as there is memory for them.
 */
final class SharedWeights {

  private static final Map<String, Kept> KEPT = new ConcurrentHashMap<>();

  private record Kept(String sha256, SoftReference<Weights> weights) {

    @Nullable Weights of(String digest) {
      return sha256.equals(digest) ? weights.get() : null;
    }
  }

  private SharedWeights() {}

  /**
   * What lies in a place.
   *
   * @param place tells it from others
   * @param sha256 the digest of what is meant
   * @param read reads it where this process has not
   */
  static Weights get(String place, String sha256, Supplier<Weights> read) {
    var found = new Weights[1];
    KEPT.compute(
        place,
        (any, kept) -> {
          Weights known = kept == null ? null : kept.of(sha256);
          found[0] = known == null ? read.get() : known;
          return known == null ? new Kept(sha256, new SoftReference<>(found[0])) : kept;
        });
    return found[0];
  }

  /** Keeps what this process has written. */
  static void put(String place, String sha256, Weights weights) {
    KEPT.put(place, new Kept(sha256, new SoftReference<>(weights)));
  }
}
