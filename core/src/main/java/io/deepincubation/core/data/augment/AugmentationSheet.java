package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.ContactSheet;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Shows what the operations of RandAugment do at a low, a middle and a high magnitude. */
public final class AugmentationSheet {

  private static final double[] MAGNITUDES = {2, 5, 9};

  private AugmentationSheet() {}

  /**
   * A sheet with a row for each operation: the image as it is, then changed at magnitudes 2, 5 and
   * 9, to one side and to the other.
   *
   * @param file a JPEG or PNG file
   * @throws UnfitDataException if it is no whole image
   */
  public static ContactSheet of(byte[] file) {
    try {
      Pixels image = ImageCodec.decode(file);
      var rows = new ArrayList<List<Pixels>>();
      for (AugmentationOperation operation : AugmentationOperation.values()) {
        rows.add(row(image, operation));
      }
      return new ContactSheet(rows);
    } catch (IOException e) {
      throw new UnfitDataException("Cannot show an image: " + e.getMessage(), e);
    }
  }

  private static List<Pixels> row(Pixels image, AugmentationOperation operation) {
    var row = new ArrayList<>(List.of(image));
    for (int sign : new int[] {1, -1}) {
      for (double magnitude : MAGNITUDES) {
        row.add(operation.apply(image, magnitude, sign));
      }
    }
    return row;
  }

  /** The operations' names, in the order of the rows. */
  public static List<String> names() {
    return Stream.of(AugmentationOperation.values()).map(Enum::name).toList();
  }
}
