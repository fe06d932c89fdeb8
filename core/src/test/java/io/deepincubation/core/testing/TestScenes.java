package io.deepincubation.core.testing;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.set.FittedSample;
import io.deepincubation.core.data.set.Fitting;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.set.MaskFitting;
import io.deepincubation.core.data.set.ObjectFitting;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.set.ShardFacts;
import io.deepincubation.core.data.set.ShardWriter;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Small images of sizes of their own: a square of class 0, 1 or 2 on a ground without a class. */
public final class TestScenes {

  /** Names of the classes. */
  public static final List<String> CLASSES = List.of("red", "green", "blue");

  private static final int GROUND = 0x202020;

  private TestScenes() {}

  private static int height(int number) {
    return 24 + number % 5;
  }

  private static int width(int number) {
    return 20 + number % 7;
  }

  private static boolean isInSquare(int number, int row, int column) {
    int top = 2 + number % 8;
    int left = 1 + number % 6;
    return row >= top && row < top + 10 && column >= left && column < left + 12;
  }

  /** An image. */
  public static Pixels image(int number) {
    int[] rgb = new int[height(number) * width(number)];
    for (int i = 0; i < rgb.length; i++) {
      boolean inside = isInSquare(number, i / width(number), i % width(number));
      rgb[i] = inside ? (0xF0 - number % 16) << (16 - 8 * (number % 3)) : GROUND + number;
    }
    return Pixels.ofRgb(rgb, height(number), width(number));
  }

  /** Its mask, as ADE20K writes it: 0 for no class, c + 1 for class c. */
  public static LabelMap mask(int number) {
    var values = new char[height(number) * width(number)];
    for (int i = 0; i < values.length; i++) {
      boolean inside = isInSquare(number, i / width(number), i % width(number));
      values[i] = (char) (inside ? 1 + number % 3 : 0);
    }
    return new LabelMap(values, height(number), width(number));
  }

  /** Its objects: the square, and of every fourth image a crowd alone. */
  public static SceneObjects objects(int number) {
    LabelMap mask = mask(number);
    var bits = new boolean[mask.values().length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = mask.values()[i] > 0;
    }
    RunLengths square = RunLengths.of(bits, mask.height(), mask.width());
    Box box = square.box();
    boolean crowd = number % 4 == 3;
    return new SceneObjects(
        mask.height(),
        mask.width(),
        List.of(new SceneObject(number % 3, box, square, crowd, square.area())));
  }

  /** Prepares images with masks in shards of {@code shardSize}. */
  public static PreparedSet segmentation(Storage storage, int images, int shardSize) {
    var rule = new MaskRule(CLASSES.size(), /* reduceZero= */ true, MaskRule.NONE);
    return prepare(storage, new MaskFitting(ImageFitting.NONE, rule), images, shardSize);
  }

  /** Prepares images with objects in shards of {@code shardSize}. */
  public static PreparedSet detection(Storage storage, int images, int shardSize) {
    var fitting = new ObjectFitting(ImageFitting.NONE, CLASSES.size());
    return prepare(storage, fitting, images, shardSize);
  }

  private static PreparedSet prepare(Storage storage, Fitting fitting, int images, int shardSize) {
    var facts = new ArrayList<ShardFacts>();
    var writer = new ShardWriter(storage);
    for (String split : List.of("train", "val")) {
      for (int first = 0; first < images; first += shardSize) {
        var samples = new ArrayList<FittedSample>();
        for (int i = first; i < Math.min(images, first + shardSize); i++) {
          samples.add(sample(fitting, i));
        }
        facts.add(writer.write(split, first / shardSize, samples.iterator()));
      }
    }
    var set = new PreparedSetWriter(storage);
    set.commit(set.index(CLASSES, LabelSets.single(CLASSES.size()), fitting, facts));
    return PreparedSet.open(storage);
  }

  private static FittedSample sample(Fitting fitting, int number) {
    byte[] annotation =
        fitting instanceof MaskFitting ? mask(number).png() : objects(number).toBytes();
    try {
      var sample =
          new FittedSample(fitting.fit(ImageFiles.png(image(number)), annotation), /* label= */ 0);
      return FittedSample.fromBytes(sample.toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
