package io.deepincubation.core.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named fp32 tensors outside of any engine, in the order of the network's parameters.
 *
 * <p>The map's tensors are shared, not copied: weights are large. Nobody writes into them.
 */
public final class Weights {

  /**
   * One tensor, row-major.
   *
   * @param shape its dimensions; empty for a scalar
   * @param values as many as the product of the dimensions
   */
  public record Tensor(List<Long> shape, float[] values) {

    /** Checks that the values fill the shape. */
    public Tensor {
      shape = List.copyOf(shape);
      long size = shape.stream().reduce(1L, Math::multiplyExact);
      if (size != values.length) {
        throw new IllegalArgumentException(
            "Cannot make a tensor of shape "
                + shape
                + ": expected "
                + size
                + " values, got "
                + values.length);
      }
    }
  }

  private final Map<String, Tensor> tensors;

  /** Those of some tensors whose names begin with something, in their order. */
  public static Weights startingWith(String prefix, Map<String, Tensor> tensors) {
    var found = new LinkedHashMap<String, Tensor>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            found.put(name, tensor);
          }
        });
    return new Weights(found);
  }

  /** The tensors of several, one after the other. */
  public static Weights joined(List<Weights> parts) {
    var all = new LinkedHashMap<String, Tensor>();
    parts.forEach(part -> all.putAll(part.tensors()));
    return new Weights(all);
  }

  /** Tensors by name, in this order. */
  public Weights(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** All tensors in order. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * One tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "Cannot find tensor " + name + ": expected one of " + tensors.keySet());
    }
    return tensor;
  }

  /**
   * Names of tensors that a network has no place for, sorted. A batch norm's count of batches,
   * which PyTorch keeps beside its statistics, is none of them.
   *
   * @param places names of the network's tensors
   */
  public List<String> others(Set<String> places) {
    return tensors.keySet().stream()
        .filter(name -> !places.contains(name) && !name.endsWith("num_batches_tracked"))
        .sorted()
        .toList();
  }

  /**
   * These in ranges of whole tensors, in order.
   *
   * @param bytes what a range has at most, where it is more than one tensor
   * @return one range at least
   */
  public List<Weights> ranges(long bytes) {
    var ranges = new ArrayList<Weights>();
    var range = new LinkedHashMap<String, Tensor>();
    long size = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      long more = (long) Float.BYTES * tensor.getValue().values().length;
      if (!range.isEmpty() && size + more > bytes) {
        ranges.add(new Weights(range));
        range.clear();
        size = 0;
      }
      range.put(tensor.getKey(), tensor.getValue());
      size += more;
    }
    ranges.add(new Weights(range));
    return ranges;
  }

  /**
   * The same tensors under other names, by position.
   *
   * @param names as many as there are tensors
   */
  public Weights renamed(List<String> names) {
    if (names.size() != tensors.size()) {
      throw new IllegalArgumentException(
          "Cannot rename " + tensors.size() + " tensors: got " + names.size() + " names");
    }
    var renamed = new LinkedHashMap<String, Tensor>();
    int position = 0;
    for (Tensor tensor : tensors.values()) {
      renamed.put(names.get(position++), tensor);
    }
    return new Weights(renamed);
  }

  /**
   * The first tensors of these.
   *
   * @param count how many, at most as many as there are
   */
  public Weights first(int count) {
    if (count < 0 || count > tensors.size()) {
      throw new IllegalArgumentException(
          "Cannot take the first " + count + " tensors: got " + tensors.size());
    }
    var first = new LinkedHashMap<String, Tensor>();
    tensors.entrySet().stream()
        .limit(count)
        .forEach(tensor -> first.put(tensor.getKey(), tensor.getValue()));
    return new Weights(first);
  }
}
