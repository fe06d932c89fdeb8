package io.deepincubation.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FirstOfEachClassTest {

  /** Samples whose one byte is their place. */
  private record Listed(int[] trainLabels) implements ImageSource {
    @Override
    public List<String> classNames() {
      return List.of("cat", "dog");
    }

    @Override
    public List<String> splits() {
      return List.of(TRAIN, TEST);
    }

    @Override
    public long count(String split) {
      return labels(split).length;
    }

    @Override
    public int[] labels(String split) {
      return split.equals(TRAIN) ? trainLabels : new int[] {1, 1, 1};
    }

    @Override
    public Iterator<Sample> samples(String split, long from, long to) {
      return LongStream.range(from, to)
          .mapToObj(i -> new Sample(new byte[] {(byte) i}, labels(split)[(int) i]))
          .iterator();
    }
  }

  private final ImageSource source = new Listed(new int[] {0, 0, 1, 0, 1, 1, 0});

  @Test
  void takesTheFirstOfEachClassInTheSourcesOrder() {
    var subset = new FirstOfEachClass(source, FirstOfEachClass.places(source, 2));
    assertThat(places(subset.samples(ImageSource.TRAIN))).containsExactly(0, 1, 2, 4);
    assertThat(subset.labels(ImageSource.TRAIN)).containsExactly(0, 0, 1, 1);
    assertThat(places(subset.samples(ImageSource.TRAIN, 1, 3))).containsExactly(1, 2);
  }

  @Test
  void leavesOtherSplitsAlone() {
    var subset = new FirstOfEachClass(source, FirstOfEachClass.places(source, 1));
    assertThat(subset.count(ImageSource.TEST)).isEqualTo(3);
    assertThat(places(subset.samples(ImageSource.TEST))).containsExactly(0, 1, 2);
  }

  @Test
  void rejectsMoreThanAClassHas() {
    assertThatThrownBy(() -> FirstOfEachClass.places(source, 4))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot take a balanced subset: expected 4 images of each class, got 3 of dog");
  }

  private static List<Integer> places(Iterator<Sample> samples) {
    var places = new ArrayList<Integer>();
    samples.forEachRemaining(sample -> places.add((int) sample.image()[0]));
    return places;
  }
}
