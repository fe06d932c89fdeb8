package io.deepincubation.spark.stages;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.text.Causes;
import io.deepincubation.core.training.TrainingDivergedException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** What kind of thing went wrong, and the exit status that says so. */
public enum Fault {
  /** Wrong arguments or settings. */
  USAGE(2, UsageException.class, UsageException::new),
  /** A wrong recipe. */
  RECIPE(2, RecipeException.class, RecipeException::new),
  /** Unreadable or unfit data. */
  DATA(3, UnfitDataException.class, UnfitDataException::new),
  /** A training's loss stopped being a finite number. */
  DIVERGED(4, TrainingDivergedException.class, TrainingDivergedException::new),
  /** A file system refused. */
  STORAGE(5, StorageException.class, StorageException::new),
  /** Anything else. */
  OTHER(1, IllegalStateException.class, IllegalStateException::new);

  private final int exitStatus;
  private final Class<? extends RuntimeException> type;

  @SuppressWarnings("ImmutableEnumChecker") // a constructor reference holds nothing
  private final Function<String, ? extends RuntimeException> maker;

  Fault(
      int exitStatus,
      Class<? extends RuntimeException> type,
      Function<String, ? extends RuntimeException> maker) {
    this.exitStatus = exitStatus;
    this.type = type;
    this.maker = maker;
  }

  /** The exit status of a process that ended so. */
  public int exitStatus() {
    return exitStatus;
  }

  /** The kind of a failure, from the first of its causes whose kind is known. */
  public static Fault of(Throwable failure) {
    return known(failure).map(Fault::direct).orElse(OTHER);
  }

  /**
   * The first of a failure's causes whose kind is known, such as what a task threw inside Spark's
   * own exception.
   */
  public static Optional<RuntimeException> known(Throwable failure) {
    return Causes.of(failure)
        .filter(cause -> direct(cause) != OTHER)
        .map(RuntimeException.class::cast)
        .findFirst();
  }

  private static Fault direct(Throwable failure) {
    return Arrays.stream(values())
        .filter(fault -> fault.type.isInstance(failure))
        .findFirst()
        .orElse(OTHER);
  }

  /** An exception of this kind, for a failure that was told as text. */
  public RuntimeException toException(String message) {
    return maker.apply(message);
  }

  /** Whether another attempt at the same task would end the same way. */
  boolean isFinal() {
    return this == USAGE || this == RECIPE || this == DATA || this == DIVERGED;
  }
}
