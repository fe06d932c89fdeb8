package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A training set as {@code prepare} leaves it: an index and Parquet shards. */
public final class PreparedSet {

  private final Storage storage;
  private final DataIndex index;

  private PreparedSet(Storage storage, DataIndex index) {
    this.storage = storage;
    this.index = index;
  }

  /**
   * Opens the set in a folder; no shard is read yet.
   *
   * @throws UnfitDataException if there is no index, or one that this program cannot read
   */
  public static PreparedSet open(Storage storage) {
    if (!storage.exists(DataIndex.FILE)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot open the training set at %s: expected %s, got no such file; run `prepare`"
                  + " first",
              storage.uri(),
              DataIndex.FILE));
    }
    String where = storage.uri() + "/" + DataIndex.FILE;
    return new PreparedSet(storage, DataIndex.fromJson(storage.text(DataIndex.FILE), where));
  }

  /** What the set holds. */
  public DataIndex index() {
    return index;
  }

  /** Names of the splits. */
  public Set<String> splits() {
    return index.splits().keySet();
  }

  /** The sizes of the images; see {@link DataIndex#requireImages}. */
  ImageSizes sizes() {
    return index.requireImages(storage.uri());
  }

  /**
   * The text of the tokenizer that made the texts.
   *
   * @throws UnfitDataException if samples are images, or the file is missing or was changed
   */
  public String tokenizer() {
    TextForm texts = index.requireTexts(storage.uri());
    String text = storage.exists(Tokenizer.FILE) ? storage.text(Tokenizer.FILE) : "";
    if (!Sha256.of(text.getBytes(StandardCharsets.UTF_8)).equals(texts.tokenizer())) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot use the training set at %s: expected %s of SHA-256 %s, got %s; run `prepare`"
                  + " again",
              storage.uri(),
              Tokenizer.FILE,
              texts.tokenizer(),
              text.isEmpty() ? "none" : "another"));
    }
    return text;
  }

  /** Where the set lies. */
  Storage storage() {
    return storage;
  }

  /** A split's shards. */
  List<DataIndex.Shard> shards(String split) {
    List<DataIndex.Shard> shards = index.splits().get(split);
    if (shards == null) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read split %s of %s: expected one of %s",
              split,
              storage.uri(),
              splits()));
    }
    return shards;
  }
}
