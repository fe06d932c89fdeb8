package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * The row groups that are in use, read ahead of it along a plan. Holds those of two windows at
 * most; the ones used longest ago go first. Safe for use by several threads.
 */
final class GroupStore {

  private final List<Place> groups;
  private final GroupReader reader;
  private final Executor readers;
  private final int ahead;
  private final Map<Integer, CompletableFuture<List<LabelledImage>>> kept =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);
  private int[] plan;
  private int[] steps;

  /**
   * Where a row group is.
   *
   * @param shard its shard
   * @param group its number in the shard
   */
  record Place(DataIndex.Shard shard, int group) {

    int count() {
      return shard.rowGroups().get(group).count();
    }
  }

  /**
   * Reads groups in their own order until another is planned.
   *
   * @param groups all that there are
   * @param reader reads them
   * @param readers threads that reading is done in
   * @param ahead how many are read before they are asked for
   */
  GroupStore(List<Place> groups, GroupReader reader, Executor readers, int ahead) {
    this.groups = List.copyOf(groups);
    this.reader = reader;
    this.readers = readers;
    this.ahead = ahead;
    plan = IntStream.range(0, groups.size()).toArray();
    steps = plan.clone();
  }

  /** Says in which order groups will be asked for, again and again. */
  synchronized void plan(int[] order) {
    plan = order.clone();
    steps = new int[order.length];
    for (int step = 0; step < order.length; step++) {
      steps[order[step]] = step;
    }
  }

  /**
   * A group's images; waits for them where they are not read yet.
   *
   * @throws UnfitDataException if the shard is missing or was changed
   */
  List<LabelledImage> images(int group) {
    try {
      return wanted(group).join();
    } catch (CompletionException e) {
      synchronized (this) {
        kept.remove(group);
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private synchronized CompletableFuture<List<LabelledImage>> wanted(int group) {
    CompletableFuture<List<LabelledImage>> images = kept.get(group);
    if (images == null) {
      images = read(group);
    }
    int step = steps[group];
    for (int next = step + 1; next < plan.length && next <= step + ahead; next++) {
      int following = plan[next];
      if (!kept.containsKey(following)) {
        CompletableFuture<List<LabelledImage>> unused = read(following);
      }
    }
    return images;
  }

  private CompletableFuture<List<LabelledImage>> read(int group) {
    Place place = groups.get(group);
    CompletableFuture<List<LabelledImage>> images =
        CompletableFuture.supplyAsync(() -> reader.read(place.shard(), place.group()), readers);
    kept.put(group, images);
    if (kept.size() > 2 * ahead + 1) {
      kept.remove(kept.keySet().iterator().next());
    }
    return images;
  }
}
