package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Optional;

/** Why a network's outputs answer nothing. */
public final class OutputFault {

  private OutputFault() {}

  /** Why, where outputs, or what was computed of them, are no numbers. */
  public static Optional<String> of(float... outputs) {
    for (float each : outputs) {
      if (!Float.isFinite(each)) {
        return Optional.of(
            "expected finite outputs of the network, got "
                + each
                + "; the model's weights are damaged, or not made for this precision");
      }
    }
    return Optional.empty();
  }

  /**
   * Checks outputs.
   *
   * @param what cannot be done with others, what a message begins with; may be empty
   * @throws UnfitDataException if some are no numbers
   */
  public static void requireNone(String what, NDArray outputs) {
    of(outputs.min().getFloat(), outputs.max().getFloat())
        .ifPresent(
            fault -> {
              throw new UnfitDataException(what.isEmpty() ? fault : what + ": " + fault);
            });
  }
}
