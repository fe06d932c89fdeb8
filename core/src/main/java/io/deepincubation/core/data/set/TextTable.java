package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.text.Tokenizer;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of a split as tokens, in memory. */
public final class TextTable implements SampleTable {

  private static final Map<String, SoftReference<TextTable>> READ = new ConcurrentHashMap<>();

  private final TextForm form;
  private final int labelBound;
  private final int[][] tokens;
  private final int[] labels;

  private TextTable(TextForm form, int labelBound, List<int[]> texts, int[] labels) {
    this.form = form;
    this.labelBound = labelBound;
    this.labels = labels;
    tokens = texts.toArray(int[][]::new);
  }

  /**
   * A table.
   *
   * @param form of the texts
   * @param labelBound a number that all labels are below
   * @param texts the tokens of each, in order
   * @param labels N
   */
  public static TextTable of(TextForm form, int labelBound, List<int[]> texts, int[] labels) {
    return new TextTable(form, labelBound, texts, labels);
  }

  /**
   * The texts of a split, whose shards are read once by all tasks of this process, as long as there
   * is memory for them.
   *
   * @throws UnfitDataException if a shard is missing, changed, or holds what are no tokens
   */
  public static TextTable of(PreparedSet set, String split) {
    var found = new TextTable[1];
    READ.compute(
        set.index().digest() + "/" + split,
        (any, kept) -> {
          TextTable known = kept == null ? null : kept.get();
          found[0] = known == null ? read(set, split) : known;
          return new SoftReference<>(found[0]);
        });
    return found[0];
  }

  private static TextTable read(PreparedSet set, String split) {
    TextForm form = set.index().requireTexts(set.storage().uri());
    int labelBound = set.index().labels().labels();
    var ranges = new StoredRanges(set.storage());
    var texts = new ArrayList<int[]>();
    var labels = new ArrayList<Integer>();
    for (DataIndex.Shard shard : set.shards(split)) {
      for (int group = 0; group < shard.rowGroups().size(); group++) {
        for (StoredSample sample : Shards.read(ranges, shard, group, ShardColumns.TEXTS)) {
          texts.add(checked(sample, form, labelBound, shard).tokens());
          labels.add(sample.label());
        }
      }
    }
    return new TextTable(
        form, labelBound, texts, labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static FittedText checked(
      StoredSample sample, TextForm form, int labelBound, DataIndex.Shard shard) {
    try {
      FittedText text = FittedText.of(sample.content());
      if (sample.label() >= labelBound || !form.holds(text)) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "expected a label below %d and tokens of a vocabulary of %d, got others",
                labelBound,
                form.vocabulary()));
      }
      return text;
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read shard " + shard.file() + ": " + e.getMessage() + "; run `prepare` again", e);
    }
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int labelBound() {
    return labelBound;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  /** Tokens that a network sees of a text: L. */
  public int length() {
    return form.length();
  }

  /**
   * Copies a text's tokens, as {@link Tokenizer#values} gives them.
   *
   * @param index from 0 to {@link #size} - 1
   * @param into receives L values
   * @param offset where they start
   */
  public void write(int index, float[] into, int offset) {
    Tokenizer.write(tokens[index], into, offset, form.length());
  }
}
