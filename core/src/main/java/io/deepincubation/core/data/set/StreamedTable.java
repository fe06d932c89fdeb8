package io.deepincubation.core.data.set;

import io.deepincubation.core.random.RandomStream;
import java.util.function.UnaryOperator;

/**
 * Images of classes that are read from their shards as they are needed.
 *
 * @param images reads them
 * @param side rows and columns that a network sees
 */
record StreamedTable(StreamedImages images, int side) implements ImageTable {

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int height() {
    return side;
  }

  @Override
  public int width() {
    return side;
  }

  @Override
  public int labelBound() {
    return images.labelBound();
  }

  @Override
  public LabelledImage image(int index) {
    return images.image(index);
  }

  @Override
  public int[] labels() {
    return images.labels();
  }

  @Override
  public int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
    return images.shuffled(random, drawn);
  }
}
