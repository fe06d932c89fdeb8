package io.deepincubation.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.api.Stable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
          "io.deepincubation.spark.ml..",
          "io.deepincubation.spark",
          "io.deepincubation.spark.comparison..",
          "io.deepincubation.spark.cli..");

  private static final JavaClasses SPARK =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.deepincubation.spark");

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.deepincubation");

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

  @Test
  void publicTypesOfTheFacadeSayWhetherTheyStay() {
    classes()
        .that()
        .arePublic()
        .and()
        .resideInAPackage("io.deepincubation.spark")
        .should(beMarked())
        .check(SPARK);
  }

  /** What a program meets that uses stable types alone. */
  @Test
  void typesInSignaturesOfStableOnesSayWhetherTheyStay() {
    Set<String> met =
        ALL.stream()
            .filter(type -> type.isAnnotatedWith(Stable.class))
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
            .flatMap(ArchitectureTest::signature)
            .map(JavaClass::getBaseComponentType)
            .map(JavaClass::getName)
            .filter(name -> name.startsWith("io.deepincubation."))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(met).hasSizeGreaterThan(10);
    assertThat(met).filteredOn(name -> !isMarked(ALL.get(name))).isEmpty();
  }

  private static Stream<JavaClass> signature(JavaCodeUnit method) {
    return Stream.of(
            Stream.of(method.getReturnType()),
            method.getParameterTypes().stream(),
            method.getExceptionTypes().stream())
        .flatMap(types -> types)
        .flatMap(type -> type.getAllInvolvedRawTypes().stream());
  }

  private static ArchCondition<JavaClass> beMarked() {
    return ArchCondition.from(
        DescribedPredicate.<JavaClass>describe(
            "marked Stable or Evolving", ArchitectureTest::isMarked));
  }

  private static boolean isMarked(JavaClass type) {
    return type.isAnnotatedWith(Stable.class) || type.isAnnotatedWith(Evolving.class);
  }
}
