package io.deepincubation.core.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run folder belongs to; kept as {@code run.json}.
 *
 * @param formatVersion of the run folder
 * @param recipeName the recipe's name
 * @param recipe the resolved recipe as a tree of kebab-case keys
 * @param recipeDigest SHA-256 of the recipe
 * @param dataUri where the training data was read from
 * @param dataDigest SHA-256 of the training data
 * @param initialWeightsDigest of the recipe's {@code initial-weights}, by {@link
 *     io.deepincubation.core.weights.WeightsFolder#digest}; null where networks begin at random
 * @param versions of the library, Spark, libtorch and Java, by name
 * @param threads width of the sums on the driver and in a task, by name
 * @param createdAt ISO-8601 instant
 */
public record RunRecord(
    int formatVersion,
    String recipeName,
    Map<String, Object> recipe,
    String recipeDigest,
    String dataUri,
    String dataDigest,
    @Nullable String initialWeightsDigest,
    Map<String, String> versions,
    Map<String, Integer> threads,
    String createdAt) {

  /** The version that this library writes. */
  public static final int FORMAT_VERSION = 2;

  /** The oldest version that it reads: results have no keys there, so the recipe tells them. */
  static final int OLDEST_VERSION = 1;

  /** Copies. */
  public RunRecord {
    recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe));
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    threads = Collections.unmodifiableMap(new TreeMap<>(threads));
  }

  /** This run with the recipe of another record. */
  RunRecord with(RunRecord other) {
    return new RunRecord(
        formatVersion,
        other.recipeName,
        other.recipe,
        other.recipeDigest,
        dataUri,
        dataDigest,
        other.initialWeightsDigest,
        versions,
        threads,
        createdAt);
  }
}
