package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The set that is in a folder already. Runs belong to their set, so another one takes its place
 * only where that is asked for.
 *
 * @param where the folder
 * @param index of the set; null where there is none that can be read
 * @param replace whether another may take its place
 */
record EarlierSet(String where, @Nullable DataIndex index, boolean replace) {

  private static final int TOLD = 5;

  /** The set in a folder. */
  static EarlierSet of(Storage target, boolean replace) {
    return new EarlierSet(target.uri(), index(target), replace);
  }

  private static @Nullable DataIndex index(Storage target) {
    try {
      return target.exists(DataIndex.FILE) ? PreparedSet.open(target).index() : null;
    } catch (UnfitDataException e) {
      return null;
    }
  }

  /**
   * Refuses what cannot be the same set before any image is read.
   *
   * @throws UsageException if there is a set of other classes
   */
  void requireClasses(List<String> classNames) {
    if (index != null && !replace && !index.classNames().equals(classNames)) {
      throw refused(
          String.format(
              Locale.ROOT,
              "the classes %s, got %s",
              Told.some(index.classNames(), TOLD),
              Told.some(classNames, TOLD)));
    }
  }

  /**
   * Refuses another set, and deletes what was written for it.
   *
   * @throws UsageException if there is another one
   */
  void requireReplaceable(DataIndex made, PreparedSetWriter writer) {
    if (index != null && !replace && !index.equals(made)) {
      writer.discard(made, index);
      throw refused(String.format(Locale.ROOT, "digest %s, got %s", index.digest(), made.digest()));
    }
  }

  private UsageException refused(String difference) {
    return new UsageException(
        String.format(
            Locale.ROOT,
            "Cannot prepare %s: expected the set that is there, of %s; choose another --to, or give"
                + " --replace to lose it for the runs that were trained on it",
            where,
            difference));
  }

  /** What became of it. */
  Prepared.Outcome outcome(DataIndex made) {
    if (index == null) {
      return Prepared.Outcome.NEW;
    }
    return index.equals(made) ? Prepared.Outcome.SAME : Prepared.Outcome.REPLACED;
  }
}
