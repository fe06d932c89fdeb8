package io.deepincubation.core.data.set;

import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * The images of a split, read from its shards as they are needed: a row group at a time, ahead of
 * use.
 *
 * <p>An epoch's order mixes the row groups, and then the images of {@value #WINDOW} row groups at a
 * time. It is a pure function of the index and the random stream. So memory is bounded whatever the
 * split's size, reading is sequential, and a training that begins anywhere needs one window.
 */
final class StreamedImages implements SampleTable {

  /** Row groups whose images are mixed with one another. */
  static final int WINDOW = 16;

  private final PreparedSet set;
  private final String split;
  private final int[] firstRows;
  private final GroupStore store;

  /**
   * A split's images.
   *
   * @param reader reads the row groups
   * @param readers threads that reading is done in; some of it may go on after the last use
   */
  StreamedImages(PreparedSet set, String split, GroupReader reader, Executor readers) {
    this.set = set;
    this.split = split;
    var groups = new ArrayList<GroupStore.Place>();
    for (DataIndex.Shard shard : set.shards(split)) {
      for (int group = 0; group < shard.rowGroups().size(); group++) {
        groups.add(new GroupStore.Place(shard, group));
      }
    }
    firstRows = firstRows(groups);
    store = new GroupStore(groups, reader, readers, WINDOW);
  }

  private static int[] firstRows(List<GroupStore.Place> groups) {
    int[] firstRows = new int[groups.size() + 1];
    for (int i = 0; i < groups.size(); i++) {
      firstRows[i + 1] = Math.addExact(firstRows[i], groups.get(i).count());
    }
    return firstRows;
  }

  @Override
  public int size() {
    return firstRows[firstRows.length - 1];
  }

  @Override
  public int labelBound() {
    return set.index().labelBound();
  }

  /** An image as it is kept. */
  LabelledImage image(int index) {
    int found = Arrays.binarySearch(firstRows, index);
    int group = found >= 0 ? found : -found - 2;
    return store.images(group).get(index - firstRows[group]);
  }

  @Override
  public int label(int index) {
    return image(index).label();
  }

  /** Reads the shards' columns of labels alone. */
  @Override
  public int[] labels() {
    return set.shards(split).stream()
        .flatMapToInt(shard -> Shards.labels(set.storage(), shard))
        .toArray();
  }

  @Override
  public int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
    int[] groups = Permutation.of(random, firstRows.length - 1);
    store.plan(groups);
    int[] rows = new int[size()];
    int filled = 0;
    for (int first = 0; first < groups.length; first += WINDOW) {
      int last = Math.min(groups.length, first + WINDOW);
      int start = filled;
      for (int i = first; i < last; i++) {
        for (int row = firstRows[groups[i]]; row < firstRows[groups[i] + 1]; row++) {
          rows[filled++] = row;
        }
      }
      mix(random, rows, start, filled);
      int[] window = drawn.apply(Arrays.copyOfRange(rows, start, filled));
      System.arraycopy(window, 0, rows, start, window.length);
    }
    return rows;
  }

  private static void mix(RandomStream random, int[] rows, int start, int end) {
    for (int i = end - 1; i > start; i--) {
      int other = start + Permutation.below(random, i - start + 1);
      int kept = rows[i];
      rows[i] = rows[other];
      rows[other] = kept;
    }
  }
}
