package io.deepincubation.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rooms of the library on Spark and the direction of the arrows between them. */
class ArchitectureTest {

  /** Each uses only those before it. The root package is what programs use. */
  static final List<String> ROOMS =
      List.of(
          "io.deepincubation.spark.storage..",
          "io.deepincubation.spark.cluster..",
          "io.deepincubation.spark.progress..",
          "io.deepincubation.spark.report..",
          "io.deepincubation.spark.prepare..",
          "io.deepincubation.spark.predict..",
          "io.deepincubation.spark.doctor..",
          "io.deepincubation.spark.stages..",
          "io.deepincubation.spark",
          "io.deepincubation.spark.comparison..",
          "io.deepincubation.spark.cli..");

  private static final JavaClasses SPARK =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.deepincubation.spark");

  @ParameterizedTest
  @FieldSource("ROOMS")
  void roomUsesOnlyThoseBeforeIt(String room) {
    String[] later = ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size()).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(later)
        .check(SPARK);
  }

  @Test
  void everyClassHasARoom() {
    classes().should().resideInAnyPackage(ROOMS.toArray(String[]::new)).check(SPARK);
  }
}
