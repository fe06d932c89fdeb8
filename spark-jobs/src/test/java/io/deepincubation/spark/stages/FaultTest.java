package io.deepincubation.spark.stages;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.training.TrainingDivergedException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class FaultTest {

  @Test
  void knowsTheExitStatusOfEachFault() {
    assertThat(Fault.of(new UsageException("x")).exitStatus()).isEqualTo(2);
    assertThat(Fault.of(new RecipeException("x")).exitStatus()).isEqualTo(2);
    assertThat(Fault.of(new UnfitDataException("x")).exitStatus()).isEqualTo(3);
    assertThat(Fault.of(new TrainingDivergedException("x")).exitStatus()).isEqualTo(4);
    assertThat(Fault.of(new StorageException("x")).exitStatus()).isEqualTo(5);
    assertThat(Fault.of(new IllegalArgumentException("x")).exitStatus()).isEqualTo(1);
  }

  @Test
  void looksInsideSparksException() {
    var cause = new StorageException("Cannot write s3a://runs/1");
    var wrapped = new SparkException("Job aborted", new RuntimeException(cause));
    assertThat(Fault.of(wrapped)).isEqualTo(Fault.STORAGE);
    assertThat(Fault.known(wrapped)).containsSame(cause);
  }

  @Test
  void ofANullPointerNothingIsKnown() {
    assertThat(Fault.known(new NullPointerException())).isEmpty();
  }

  @Test
  void makesTheExceptionOfATaskAgain() {
    assertThat(Fault.DIVERGED.toException("lost"))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessage("lost");
  }

  @Test
  void aTaskIsTriedAgainOnlyWhereThatCanHelp() {
    assertThat(Fault.STORAGE.isFinal()).isFalse();
    assertThat(Fault.OTHER.isFinal()).isFalse();
    assertThat(Fault.DIVERGED.isFinal()).isTrue();
    assertThat(Fault.USAGE.isFinal()).isTrue();
  }
}
