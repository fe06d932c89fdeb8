package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Numbers of reference code among the test's resources, and how near to them others are. */
public final class Golden {

  private Golden() {}

  /**
   * Tensors of a file.
   *
   * @param name below {@code golden}, without its ending
   */
  public static Weights tensors(String name) {
    try (InputStream stream = open(name + ".safetensors")) {
      return Safetensors.read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file below {@code golden}. */
  static InputStream open(String file) {
    String path = "/golden/" + file;
    return Objects.requireNonNull(Golden.class.getResourceAsStream(path), path);
  }

  /** The largest of the values, whatever its sign. */
  public static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** As many values, each within a tolerance. */
  public static void assertClose(String name, float[] found, float[] wanted, double tolerance) {
    assertThat(found).as(name).hasSameSizeAs(wanted);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs((double) found[i] - wanted[i]));
    }
    assertThat(worst).as(name).isLessThanOrEqualTo(tolerance);
  }
}
