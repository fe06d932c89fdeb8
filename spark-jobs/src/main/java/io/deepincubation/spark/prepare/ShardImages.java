package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.set.FittedSample;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/** The images of a shard, in order, without those that a subset takes no more of. */
final class ShardImages implements Iterator<FittedSample> {

  private final Iterator<Tuple2<Tuple2<Integer, Long>, byte[]>> rows;
  private final Cuts cuts;
  private final ByteArrayOutputStream marks = new ByteArrayOutputStream();
  private @Nullable FittedSample next;
  private long place = -1;
  private long ofPlace;

  ShardImages(Iterator<Tuple2<Tuple2<Integer, Long>, byte[]>> rows, Cuts cuts) {
    this.rows = rows;
    this.cuts = cuts;
    advance();
  }

  private void advance() {
    next = null;
    while (next == null && rows.hasNext()) {
      Tuple2<Tuple2<Integer, Long>, byte[]> row = rows.next();
      FittedSample sample = FittedSample.fromBytes(row._2());
      long itsPlace = row._1()._2();
      ofPlace = itsPlace == place ? ofPlace + 1 : 1;
      place = itsPlace;
      if (ofPlace <= cuts.most(sample.label(), place)) {
        next = sample;
      }
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public FittedSample next() {
    FittedSample sample = next;
    if (sample == null) {
      throw new NoSuchElementException();
    }
    marks.writeBytes(Repeats.mark(sample.content().bytes(), sample.label()));
    advance();
    return sample;
  }

  /** {@linkplain Repeats#mark Marks} of the images that were handed out. */
  byte[] marks() {
    return marks.toByteArray();
  }
}
