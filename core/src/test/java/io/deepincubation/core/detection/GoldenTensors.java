package io.deepincubation.core.detection;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;

/** Tensors of a golden file. */
final class GoldenTensors {

  private final Weights weights;

  GoldenTensors(String name) {
    String file = "/golden/downstream/" + name + ".safetensors";
    try (InputStream stream =
        Objects.requireNonNull(GoldenTensors.class.getResourceAsStream(file))) {
      weights = Safetensors.read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  float[] values(String name) {
    return Objects.requireNonNull(weights.tensors().get(name), name).values();
  }

  /** One of a batch. */
  float[] values(String name, int index, int size) {
    return Arrays.copyOfRange(values(name), index * size, (index + 1) * size);
  }

  int[] numbers(String name) {
    float[] values = values(name);
    int[] numbers = new int[values.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Math.round(values[i]);
    }
    return numbers;
  }
}
