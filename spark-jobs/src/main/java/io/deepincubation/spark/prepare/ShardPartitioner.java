package io.deepincubation.spark.prepare;

import org.apache.spark.Partitioner;
import org.jspecify.annotations.Nullable;

/** Sends the sample at a place of the shuffled split to the partition that writes its shard. */
final class ShardPartitioner extends Partitioner {

  private final int shardSize;
  private final int shards;

  ShardPartitioner(int shardSize, int samples) {
    this.shardSize = shardSize;
    this.shards = (int) (((long) samples + shardSize - 1) / shardSize);
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object place) {
    return (Integer) place / shardSize;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ShardPartitioner that
        && that.shardSize == shardSize
        && that.shards == shards;
  }

  @Override
  public int hashCode() {
    return 31 * shardSize + shards;
  }
}
