package io.deepincubation.core.data.set;

import com.google.gson.Gson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of a shard found out; enough to make the set's index from. It crosses process
 * borders as text.
 *
 * @param split the split that the shard belongs to
 * @param shard the file
 * @param sizes of its images; null where samples are texts
 * @param pixels of all its images
 * @param labelCounts samples by label
 * @param sums per channel, the sum of all pixels, each 0 to 255
 * @param squares per channel, the sum of all pixels squared
 * @param scenes what is annotated on its images; null where they are not for a dense task
 */
public record ShardFacts(
    String split,
    DataIndex.Shard shard,
    @Nullable ImageSizes sizes,
    long pixels,
    Map<Integer, Integer> labelCounts,
    List<Long> sums,
    List<Long> squares,
    @Nullable SceneFacts scenes) {

  /** Copies. */
  public ShardFacts {
    labelCounts = Map.copyOf(labelCounts);
    sums = List.copyOf(sums);
    squares = List.copyOf(squares);
  }

  /** The facts as one line of JSON. */
  public String toJson() {
    return new Gson().toJson(this);
  }

  /** Reads what {@link #toJson} gave. */
  public static ShardFacts fromJson(String json) {
    return new Gson().fromJson(json, ShardFacts.class);
  }
}
