package io.deepincubation.core.recipe;

import java.io.Serializable;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Passes over the training split: a number, or as many as make a training cost what another does.
 */
public final class Epochs implements Serializable {

  private static final long serialVersionUID = 1;

  /** As many as cost what the whole of Deep Incubation does by the same recipe. */
  public static final Epochs EQUAL = new Epochs(null);

  /** What files call {@link #EQUAL}. */
  static final String EQUAL_WORD = "equal";

  private final @Nullable Integer number;

  private Epochs(@Nullable Integer number) {
    this.number = number;
  }

  /** So many. */
  public static Epochs of(int number) {
    return new Epochs(number);
  }

  /** How many; empty for {@link #EQUAL}. */
  public OptionalInt number() {
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** What a file says: a whole number or a word. */
  Object plain() {
    return number == null ? EQUAL_WORD : number;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Epochs epochs && Objects.equals(number, epochs.number);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(number);
  }

  @Override
  public String toString() {
    return plain().toString();
  }
}
