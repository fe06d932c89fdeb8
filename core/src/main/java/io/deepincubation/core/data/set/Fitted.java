package io.deepincubation.core.data.set;

import java.util.List;

/** What a set keeps of a sample, beside its label. */
public sealed interface Fitted permits FittedImage, FittedScene, FittedText {

  /** The bytes of the sample itself. */
  byte[] bytes();

  /** The columns of a shard of such samples. */
  ShardColumns columns();

  /** The bytes that a shard holds, by column. */
  default List<byte[]> values() {
    return List.of(bytes());
  }
}
