package io.deepincubation.spark.prepare;

import java.io.Serializable;
import java.util.Comparator;
import scala.Tuple2;

/** Sorts (shard, place). */
final class PlaceOrder implements Comparator<Tuple2<Integer, Long>>, Serializable {

  private static final long serialVersionUID = 1L;

  @Override
  public int compare(Tuple2<Integer, Long> one, Tuple2<Integer, Long> other) {
    int byShard = Integer.compare(one._1(), other._1());
    return byShard == 0 ? Long.compare(one._2(), other._2()) : byShard;
  }
}
