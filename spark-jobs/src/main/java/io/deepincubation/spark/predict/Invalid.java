package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of rows whose sample has no answer. */
public enum Invalid {
  /** They stay, with nulls and a reason. */
  KEEP,
  /** They are left out. */
  SKIP,
  /** The job fails. */
  ERROR;

  /** The word that users write. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The choice of a word that users write. */
  public static Invalid named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /**
   * What becomes of a row.
   *
   * @param why there is no answer
   * @param kept what the row's columns hold where it stays
   * @throws UnfitDataException if the job is to fail
   */
  public Optional<@Nullable Object[]> missing(String why, @Nullable Object[] kept) {
    return switch (this) {
      case KEEP -> Optional.of(kept);
      case SKIP -> Optional.empty();
      case ERROR ->
          throw new UnfitDataException(
              "Cannot score an image: "
                  + why
                  + "; set handleInvalid to keep or skip for images that cannot be read");
    };
  }
}
