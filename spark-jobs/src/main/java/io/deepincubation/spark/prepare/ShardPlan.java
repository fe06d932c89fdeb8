package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.SampleOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.Partitioner;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** Which partition writes which shard; one more takes what was rejected. */
final class ShardPlan extends Partitioner implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ArrayList<String> splits = new ArrayList<>();
  private final ArrayList<Integer> firsts = new ArrayList<>();

  /**
   * Plans shards.
   *
   * @param counts images by split, about
   * @param shardSize images of a shard, about
   */
  ShardPlan(Map<String, Long> counts, int shardSize) {
    int next = 0;
    for (Map.Entry<String, Long> split : counts.entrySet()) {
      splits.add(split.getKey());
      firsts.add(next);
      next += SampleOrder.shards(split.getValue(), shardSize);
    }
    firsts.add(next);
  }

  /** The shard of a place in a split. */
  int shard(String split, long place) {
    int index = splits.indexOf(split);
    int first = firsts.get(index);
    return first + SampleOrder.shard(place, firsts.get(index + 1) - first);
  }

  /** The partition of what was rejected. */
  int rejected() {
    return firsts.get(firsts.size() - 1);
  }

  /** A shard's split. */
  String split(int shard) {
    return splits.get(indexOf(shard));
  }

  /** A shard's number in its split. */
  int number(int shard) {
    return shard - firsts.get(indexOf(shard));
  }

  private int indexOf(int shard) {
    int index = splits.size() - 1;
    while (firsts.get(index) > shard) {
      index--;
    }
    return index;
  }

  @Override
  public int numPartitions() {
    return rejected() + 1;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) ((Tuple2<?, ?>) key)._1();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ShardPlan that
        && that.splits.equals(splits)
        && that.firsts.equals(firsts);
  }

  @Override
  public int hashCode() {
    return Objects.hash(List.copyOf(splits), List.copyOf(firsts));
  }
}
